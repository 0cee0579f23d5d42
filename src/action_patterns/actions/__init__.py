"""One module per action: inputs in, outputs out; every side effect arrives as a port."""
