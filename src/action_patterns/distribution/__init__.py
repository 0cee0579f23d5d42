"""A campaign: which repositories, which files, which pull request; how the work is planned, packed and paced. Pure."""
