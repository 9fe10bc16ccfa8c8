"""An independent witness: virtual modems, operator, phones; imports none of ours."""
