"""Operations: what people may ask of the engine."""
