"""The Japanese catalogue, a file for each part of the product."""
