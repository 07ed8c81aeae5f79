"""Explain: for any session and any moment, which rule of which version of which policy gave what (product.md D2).

`facts` reads what is stored, `verdict` decides by the rules alone, `story` lays everything out in time, and `words`
says it. Only `facts` asks the database.
"""
