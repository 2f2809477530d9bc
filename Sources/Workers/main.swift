print("quetzal-worker")
