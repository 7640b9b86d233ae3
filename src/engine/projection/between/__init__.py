"""What two reports say of the same time: which events one of them has and the other has not."""
