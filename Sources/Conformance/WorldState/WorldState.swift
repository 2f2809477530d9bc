// WorldState
