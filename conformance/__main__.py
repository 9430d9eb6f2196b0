from conformance.entry import main

main()
