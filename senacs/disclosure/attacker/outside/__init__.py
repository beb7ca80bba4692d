"""The attacker from outside: published files, the public register and the questionnaire, and nothing of the protector.

`files` reads what everybody can download, `equations` turns it into sums over people, `unions` looks for sums that rest
on too few of them, `intervals` for answers that hardly move, `league` counts what was found.
"""
