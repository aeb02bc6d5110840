"""What ``callcenter doctor`` looks at: each part gives checks, and changes nothing."""
