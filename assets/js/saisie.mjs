// The entry of answers, field by field.
