print("aztec")
