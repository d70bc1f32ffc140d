"""Item analysis: how questions and forms worked in an exam that is over."""
