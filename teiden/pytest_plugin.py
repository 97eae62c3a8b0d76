"""What pytest loads of Teiden: hooks only; everything heavy is imported when a story is collected."""
