"""Documents: numbers, PDFs, signatures, and the page where anybody verifies one."""
