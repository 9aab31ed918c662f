Console.WriteLine("millrace");
