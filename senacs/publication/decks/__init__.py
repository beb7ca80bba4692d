"""A document told aloud: slides (PDF 16:9, PPTX whose texts and charts are edited), pictures to share, its figures."""
