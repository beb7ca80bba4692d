"""What every request passes through: the charter first, security headers last."""
