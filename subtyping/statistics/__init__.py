"""Pure kernels on arrays."""
