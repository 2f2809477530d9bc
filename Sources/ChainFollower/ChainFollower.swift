// ChainFollower
