"""What people look at: documents as a web page or on the terminal."""
