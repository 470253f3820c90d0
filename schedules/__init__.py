"""What moves by itself: due work and the outbox."""
