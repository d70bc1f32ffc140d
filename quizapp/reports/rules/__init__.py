"""How people are counted and rates are formed. Pure: values in, values out."""
