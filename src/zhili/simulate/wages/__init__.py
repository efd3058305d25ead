"""A month of two building sites, played through the API: one firm pays, one falls behind (`zhili simulate wages`)."""
