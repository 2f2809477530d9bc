// Placeholder until the first file of PeerGossip lands.
