"""What is known of rules: how they are said, how they stand, how good they are; and the kernel's own."""
