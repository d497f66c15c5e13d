"""Where records come from: one module a system. A source yields pages or files and knows no SQL."""
