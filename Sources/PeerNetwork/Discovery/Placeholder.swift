// Placeholder until the first file of PeerDiscovery lands.
