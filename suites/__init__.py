"""The specification, executable: the catalogue of requirements, and for each chapter of it a file of tests."""
