"""Tagged PDF documents: typst templates rendered, rows of tables named, answers listed."""
