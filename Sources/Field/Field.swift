// Field
