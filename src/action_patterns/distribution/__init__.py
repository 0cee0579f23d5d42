"""A campaign: which repositories, which files, which pull request; and how the work is planned, packed and paced. Pure."""
