"""What cases and rules are about: devices (cameras, sensors). Firms, outlets and sites will stand beside them."""
