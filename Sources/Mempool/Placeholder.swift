// Placeholder until the first file of Mempool lands.
