"""From letters on printed pages to running text: lines, columns, running heads, paragraphs, hyphens."""
