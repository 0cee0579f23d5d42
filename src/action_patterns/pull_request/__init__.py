"""One pull request per key: how it is named, recognised, decided and converged. Pure; GitHub arrives as a port."""
