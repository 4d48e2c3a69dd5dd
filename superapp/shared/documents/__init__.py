"""Documents: templates that become PDFs, their numbers and signatures, and the page where anybody verifies one."""
