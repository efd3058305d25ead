"""The public register, written by the product itself: every rule, device and data element, whose, why, until when."""
