"""Other systems: what this site tells them and hears from them. ``open311`` speaks GeoReport v2, both ways."""
