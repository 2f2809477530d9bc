// L1Replay
