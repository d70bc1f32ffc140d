"""A person's law-study file (学法档案), certificates (学法考试合格证书) and their verification."""
