// KZG
