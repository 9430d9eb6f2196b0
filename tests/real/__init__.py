"""The suite beside parts that others wrote: Debian's mail servers, a browser, the product's own client."""
