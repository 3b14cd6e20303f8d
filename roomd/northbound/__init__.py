"""What roomd tells other systems."""
