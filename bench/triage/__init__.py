"""The benchmark of triage: how often its suggestions agree with what people filed."""
