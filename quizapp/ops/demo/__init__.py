"""The demo agency: invented people, a year played through, an exam that is open now.

Everything here is made up: 清溪市 does not exist, and names are drawn from lists by a fixed seed.
"""
