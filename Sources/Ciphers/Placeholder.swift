// Placeholder until the first file of Ciphers lands.
