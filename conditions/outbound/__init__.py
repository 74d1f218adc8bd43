"""What leaves the process: mail, and later what is fetched and called."""
