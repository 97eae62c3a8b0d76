"""What a run leaves behind for others: JUnit for CI, a page for people, numbers for both."""
