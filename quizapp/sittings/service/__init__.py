"""Every write of this feature: one module per page or act."""
