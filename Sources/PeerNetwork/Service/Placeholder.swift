// Placeholder until the first file of PeerNetwork lands.
