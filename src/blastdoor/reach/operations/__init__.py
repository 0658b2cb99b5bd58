"""What is destroyed or endangered: plans, change sets, manifests and SQL, read as data and never run."""
